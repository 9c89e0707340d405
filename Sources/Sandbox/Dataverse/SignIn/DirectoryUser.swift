/// Somebody who can sign in through the browser.
public struct DirectoryUser: Sendable, Equatable {
    /// The `oid`: a guid.
    public var id: String
    public var name: String
    public var userName: String
    /// Values of app roles that the application gave them.
    public var roles: [String]

    public init(id: String, name: String, userName: String, roles: [String]) {
        self.id = id
        self.name = name
        self.userName = userName
        self.roles = roles
    }

    /// One for each role of the console, and one without.
    public static let demo = [
        DirectoryUser(
            id: "44444444-0000-4000-8000-000000000001", name: "Demo Viewer", userName: "viewer@demo.example",
            roles: ["Trunkline.Viewer"]),
        DirectoryUser(
            id: "44444444-0000-4000-8000-000000000002", name: "Demo Operator", userName: "operator@demo.example",
            roles: ["Trunkline.Operator"]),
        DirectoryUser(
            id: "44444444-0000-4000-8000-000000000003", name: "Demo Administrator", userName: "administrator@demo.example",
            roles: ["Trunkline.Viewer", "Trunkline.Administrator"]),
        DirectoryUser(
            id: "44444444-0000-4000-8000-000000000004", name: "Demo Stranger", userName: "stranger@demo.example", roles: []),
    ]
}
