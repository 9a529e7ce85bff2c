"""The use case: run extractors over a corpus, resume, score, gate, check on odd pages."""
