"""The Workspaces that lessons use."""
