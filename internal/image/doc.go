// Package image reads Dockerfiles into a model of the image that ships: its
// stages, the stage that is the image, and what that image holds and starts.
// Nothing is executed, built or fetched.
//
// Read finds and parses the Dockerfiles of a tree; Dockerfile.Shipped is the
// stage that becomes the image. NewContext opens a build context, and Of makes
// the model of a stage:
//
//	c := image.NewContext(tree, "svc", "svc/Dockerfile") // or nil
//	img := image.Of(file.Shipped(target), c)
//
// The model is made once for each stage and context, whatever the number of
// rules that ask for it.
//
// # Answers
//
// Every answer is a Fact, or holds one: Has is Yes, No or Unknown, At is the line
// that made it so, Why says how in words that a message can go on with. No is
// said only where the base image is known and every later step was understood.
// A step that cannot be followed makes unknown what it can touch: all that its
// user may write, or the folders of the tool that runs. Such a step is taken to
// add, never to remove: what was there stays there.
//
//	img.File("/etc/app.yaml")     what stands at a path, links followed: its kind,
//	                              owner, mode, and the file of the tree it came from
//	img.Text(path)                its content, where tree or Dockerfile have it
//	img.Program("curl")           whether a program can be started, by PATH or path
//	img.Libc()                    glibc, musl or none; GlibcCompat for gcompat
//	img.Shell()                   which shell /bin/sh is
//	img.CACerts()                 certificates where Go looks for them
//	img.ZoneInfo()                time zones where Go looks for them
//	img.Tmp()                     /tmp and its mode
//	img.User()                    whom it runs as: name, numbers, passwd entry, home
//	img.UserEntry("app")          whether /etc/passwd has it; GroupEntry likewise
//	img.Writable(path, user)      whether the user, "" for the image's, may write
//	img.Start()                   what it starts, through inits, shells and scripts
//	                              to the program, and whether SIGTERM gets there
//	img.StartOf(argv, at)         the same of a command that a workload sets
//	img.Binaries()                the Go programs in the image: folder of the main
//	                              package, cgo, linking, tags, Go version, place
//	img.Builds()                  those that this stage builds
//	img.GoVersion()               the toolchain in this stage
//	img.Healthcheck()             HEALTHCHECK and whether its program is there
//	img.Sources()                 COPY and ADD sources, and which are missing
//	img.Packages(), img.Runs()    what RUN installs, and each command it runs
//	img.Size()                    minimal, small, full, or an image to build in
//	img.Exposed(), Volumes(), Env(), Labels(), Onbuild(), StopSignal(), Workdir()
//
// A Stage answers what needs no files: User, Entrypoint, Cmd, Workdir, Env,
// ShellFamily. Base.GoVersion reads a golang image's tag.
//
// # What is known beforehand
//
// Three tables, each dated and with its sources: bases.txt says of base images
// by repository and tag what matters most and which section of contents.txt
// lists their files, programs and users; packages.txt says what packages bring.
//
// # How files are followed
//
// A stage's file system is a list of events above its base, never a listing:
// a path is put, removed, or changed in owner and mode; a folder of the context
// or of another stage is laid over a folder; something unknown is added below
// some folders (a taint). A question goes through the list from its end. So a
// COPY of a whole repository costs nothing, and a COPY --from asks the other
// stage in turn.
//
// RUN scripts are parsed as bash and walked with the variables that are known
// (WalkScript); a dollar sign stands for what is not. Commands behind conditions
// count as maybe. What each command does is in commands.go.
//
// # Limits
//
// What packages install beyond the table, what scripts written in other
// languages do, what make builds, SHELL other than a POSIX shell, and Windows
// images are not followed. Default permissions of files from the context are
// taken to be 0644, of folders 0755. A file that RUN builds is taken to be there
// although a later, unknown command might remove it.
package image
