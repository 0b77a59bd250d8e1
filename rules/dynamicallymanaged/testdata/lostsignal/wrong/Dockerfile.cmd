FROM golang:1.25
# want "this CMD in shell form runs /bin/sh .here dash."
CMD migrate up && ./app "$PORT"
