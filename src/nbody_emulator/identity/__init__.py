"""What makes two results the same: specifications, the code behind them, and the versions that code runs on.

Nothing here is imported by a simulation or a fit; it is read while the workflow is planned, so it stays light.
"""
