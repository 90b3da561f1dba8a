"""What the commands of `cchc` do, one module per group of commands; `orchestration/cli.py` holds their arguments."""
