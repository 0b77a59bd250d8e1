module example.test/replacemended

go 1.24

require example.test/lib v0.0.0

replace example.test/lib => ./lib
