module example.test/wrong

go 1.26.0
