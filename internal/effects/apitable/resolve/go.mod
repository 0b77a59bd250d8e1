module github.com/cnready/cnready/internal/effects/apitable/resolve

go 1.26.0

require github.com/cnready/cnready v0.0.0

replace github.com/cnready/cnready => ../../../..
