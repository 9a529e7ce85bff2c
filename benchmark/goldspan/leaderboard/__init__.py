"""Submissions, their verification, and the site for choosing an extractor."""
