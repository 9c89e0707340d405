/// A privilege that a migration gave a role of the hub's on one of its objects.
struct Grant: Sendable, Hashable {
    enum Kind: String, Sendable {
        case schema, table, column, sequence, function
    }

    var role: String
    var kind: Kind
    /// As PostgreSQL calls it: `SELECT`.
    var privilege: String
    /// With its schema; a column as `hub.instance.seen_at`, a function with its arguments' types.
    var object: String

    /// The statement that gives it.
    var statement: String {
        switch kind {
        case .table: "GRANT \(privilege) ON \(object) TO \(role)"
        case .schema, .sequence, .function: "GRANT \(privilege) ON \(kind.rawValue.uppercased()) \(object) TO \(role)"
        case .column:
            "GRANT \(privilege) (\(object.split(separator: ".").last ?? "")) ON "
                + "\(object.split(separator: ".").dropLast().joined(separator: ".")) TO \(role)"
        }
    }

    /// Reads lines of `role kind PRIVILEGE PRIVILEGE:`, each with objects on the indented lines below it, a semicolon between two.
    static func read(_ text: String) -> [Grant] {
        var grants: [Grant] = []
        var head: (role: String, kind: Kind, privileges: [String])?
        for line in text.split(separator: "\n") {
            guard line.hasPrefix(" ") else {
                let words = line.dropLast().split(separator: " ").map(String.init)
                head = Kind(rawValue: words[1]).map { (words[0], $0, Array(words.dropFirst(2))) }
                continue
            }
            guard let head else { continue }
            for object in line.split(separator: ";") {
                grants += head.privileges.map {
                    Grant(
                        role: head.role, kind: head.kind, privilege: $0, object: String(object.drop { $0 == " " }))
                }
            }
        }
        return grants
    }
}
