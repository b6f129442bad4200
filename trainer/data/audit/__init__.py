"""What is wrong with which photo: scores, findings, a sheet to look at. Reports and lists; never deletes a file."""
