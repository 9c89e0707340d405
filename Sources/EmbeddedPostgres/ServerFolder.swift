package import Foundation

/// The folder a private server lives in.
package enum ServerFolder {
    /// A new folder with a short path: a socket's path may have 107 bytes at most.
    static func temporary() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "trunkline-pg-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Makes the folder and gives it to the account that the server runs as.
    package static func prepare(_ folder: URL, owner account: String?) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let account else { return }
        guard let entry = getpwnam(account) else {
            throw EmbeddedPostgresError(
                "PostgreSQL can't run as root and there is no user \(account); install the server's package")
        }
        guard chown(folder.path(), entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
            throw EmbeddedPostgresError("\(folder.path()) can't be given to the user \(account)")
        }
    }

    package static func randomPassword() -> String {
        UUID().uuidString.replacing("-", with: "").lowercased()
    }
}
