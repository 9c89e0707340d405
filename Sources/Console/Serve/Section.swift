import Operations

/// An entry of the navigation.
struct Section: Sendable, Equatable {
    let title: String
    let path: String
    /// The key that goes there after `g`.
    let key: String
    var needs: OperatorRole = .viewer

    static let overview = Section(title: "Overview", path: "/", key: "o")
    static let jobs = Section(title: "Jobs", path: "/jobs", key: "j")
    static let instances = Section(title: "Instances", path: "/instances", key: "i")
    static let reports = Section(title: "Reports", path: "/reports", key: "r")
    static let calls = Section(title: "Calls", path: "/calls", key: "c")
    static let callbacks = Section(title: "Callbacks", path: "/callbacks", key: "b")
    static let people = Section(title: "People", path: "/people", key: "p")
    static let matches = Section(title: "Numbers", path: "/matches", key: "n")
    static let routing = Section(title: "Routing", path: "/routing", key: "t")
    static let settings = Section(title: "Settings", path: "/settings", key: "s")
    static let audit = Section(title: "Audit", path: "/audit", key: "a")
    static let operators = Section(title: "Operators", path: "/operators", key: "u", needs: .administrator)

    /// As the navigation shows them.
    static let groups: [(title: String, sections: [Section])] = [
        ("Watch", [.overview, .jobs, .instances, .reports]),
        ("Look up", [.calls, .callbacks, .people, .matches]),
        ("Steer", [.routing, .settings]),
        ("Account", [.audit, .operators]),
    ]
}
