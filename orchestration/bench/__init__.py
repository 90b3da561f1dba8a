"""What the main job costs, measured in one sitting on one machine, against the least it could cost.

Belongs here: running the command line as a user does and measuring it (`measure.py`), the floor in bare DuckDB
(`floor.py`), ratios, targets and the table (`report.py`). Does not belong here: anything the product needs.
`python -m orchestration.bench --help`.
"""
