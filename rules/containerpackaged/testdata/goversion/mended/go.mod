module example.test/mended

go 1.26.0
