module example.test/copymended

go 1.24
