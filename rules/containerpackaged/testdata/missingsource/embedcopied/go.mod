module example.test/embedcopied

go 1.24
