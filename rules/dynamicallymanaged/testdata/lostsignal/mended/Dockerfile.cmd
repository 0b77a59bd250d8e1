FROM golang:1.25
CMD migrate up && exec ./app "$PORT"
