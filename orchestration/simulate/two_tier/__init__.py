"""The province-half-year after the reform of 01/07/2025: two levels of government, 46 communes, merged departments.

Belongs here: what the reform made of the simulated province (agencies, who handles what, the span of time). Does not
belong here: the province before it and how dossiers live (`orchestration/simulate`), from which this is built.

The enlarged province has 148 communes; simulated are the 46 that came from Hoà Bình. Agencies of the province and of
the communes get codes under H44; what lay below them keeps its code and gets another parent. The codes are made up.

Entry point: `run.simulate_two_tier`.
"""
