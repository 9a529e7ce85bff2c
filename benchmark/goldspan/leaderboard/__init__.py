"""Submissions, their verification, and the site on which people choose by them."""
