ARG VERSION=3.22
# want "the base image alpine:3.22 is pinned by a tag only"
FROM alpine:${VERSION}
