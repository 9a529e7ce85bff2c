#!/bin/sh
# An extractor for Goldspan in plain shell: all text between tags, on one line.
# Try it: goldspan score 'cmd:sh benchmark/goldspan/sandbox/examples/strip.sh'
# It works on the JSON as it stands: escapes such as \n and \" stay inside the string and are passed on.
echo '{"goldspan": 1, "name": "shell-strip", "version": "1.0", "fields": []}' >&4
while IFS= read -r line <&3; do
    id=$(printf '%s' "$line" | sed 's/^{"id": *"\([0-9]*\)".*/\1/')
    text=$(printf '%s' "$line" | sed -e 's/^.*"html": *"//' -e 's/"}$//' -e 's/<[^>]*>/ /g')
    printf '{"id": "%s", "text": "%s"}\n' "$id" "$text" >&4
done
