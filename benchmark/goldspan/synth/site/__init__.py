"""Sites: their templates, and what their software does to any markup."""
