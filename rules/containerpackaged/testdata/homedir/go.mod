module example.test/homedir

go 1.24
