"""The data of an execution: paths, templates, intrinsic functions, JSONata, variables, and what may be how large."""
