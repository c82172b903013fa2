"""Live runs: the sessions of this process, who follows them, and what pages and runs say to each other."""
