module example.test/patch

go 1.24.3
