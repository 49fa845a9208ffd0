#!/bin/sh
# In the linker's place: leaves an empty file, so that cargo sees that its work is done.
while [ $# -gt 1 ]; do
    if [ "$1" = -o ]; then
        : > "$2"
    fi
    shift
done
