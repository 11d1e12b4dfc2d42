"""The Workspaces that the lessons use."""
