import Tenants

/// Jobs about the directory that one program enqueues and another does.
package enum DirectoryJobs {
    /// Links earlier calls whose numbers have appeared since; done by `call-sync`.
    package static let matchCalls = "calls.match"
    package static let matchCallsQueue = "default"

    /// Links phone calls of open callback requests; done by `callback-sync`.
    package static let matchCallbacks = "callbacks.match"
    package static let matchCallbacksQueue = EventLook.callbackQueue
}
