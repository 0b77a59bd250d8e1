// Package continuum places services between virtual machines and serverless
// functions: on each platform of seven rungs it says whether a service would run
// there as it stands, what keeps it from it, and what mends that.
//
// What a platform asks of a service is data: constraints.yaml has each constraint
// with its source and the date of that source. A constraint names a fact: a
// question about the contract of the code, the image, a workload or a rule's
// findings, which a function of this package answers with evidence.
//
// A platform that the repository declares is judged by the workloads that are
// declared for it; any other by what all ways in which the service is run have in
// common: what one of them does without, the service does not need.
package continuum
