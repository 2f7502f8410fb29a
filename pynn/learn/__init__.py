"""To learn by: explain, diagnose, the gradient check and the workbook."""
