package deploy

// A Build says how an image is built: a BuildConfig of OpenShift, the build
// section of a compose service.
type Build struct {
	Object
	// Context is the folder of the build's context and Dockerfile its file, both
	// in the tree; "" where they are not there or not known.
	Context    Field[string]
	Dockerfile Field[string]
	Target     Field[string]
	// Image is what the result is called.
	Image Field[string]
	// Strategy is Docker, Source, Custom or JenkinsPipeline on OpenShift.
	Strategy Field[string]
	Args     []Pair
}
