"""Results for people and programs: tables, JSON, Markdown and HTML, and one page explained word by word. Only this room
and the command line print."""
