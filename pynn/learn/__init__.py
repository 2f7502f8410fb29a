"""Learning with pynn: explain, diagnose, the gradient check and the workbook."""
