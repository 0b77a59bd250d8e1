module example.test/generated

go 1.24
