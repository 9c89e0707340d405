/// Jobs about the directory that one program enqueues and another does.
package enum DirectoryJobs {
    /// Links earlier calls whose numbers have appeared since; done by `call-sync`.
    package static let matchCalls = "calls.match"
    package static let matchCallsQueue = "default"
}
