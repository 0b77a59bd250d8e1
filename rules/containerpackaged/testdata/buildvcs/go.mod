module example.test/buildvcs

go 1.24
