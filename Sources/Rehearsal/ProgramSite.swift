import Foundation

/// Where an instance runs.
struct ProgramSite: Sendable {
    /// A command that runs another one there; empty for this process' own surroundings.
    var prefix: [String] = []
    /// The address at which an instance serves.
    var host = "127.0.0.1"
    /// Where its executable is; nil takes the hub's programs.
    var programs: URL?
    /// How the database is reached from there; nil as from here.
    var server: (any HubServer)?

    /// Beside us.
    static let here = ProgramSite()
}
