module example.test/missingtmp

go 1.24
