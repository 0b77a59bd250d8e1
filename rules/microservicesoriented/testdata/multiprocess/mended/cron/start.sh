#!/bin/sh
set -e
exec /srv/app
