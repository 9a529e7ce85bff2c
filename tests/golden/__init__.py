"""Golden scores: fixed outputs on fixed pages, and what every metric makes of them."""
