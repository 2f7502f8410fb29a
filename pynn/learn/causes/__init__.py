"""The causes that diagnose knows: one function for each, which takes a Case and returns the findings, usually none or one."""
