#!/bin/sh
set -e
crond -b
exec /srv/app
