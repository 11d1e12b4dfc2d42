"""What TaskRouter promises, as pure data and functions: lifecycles, expressions, workflows."""
