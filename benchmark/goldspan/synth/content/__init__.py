"""Articles: reading them, and their bodies as trees and as marked HTML."""
