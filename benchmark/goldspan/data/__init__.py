"""What is read and written: schemas, gold, runs, corpora, archives, exchange with other tools."""
