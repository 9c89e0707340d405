/// All settings a program knows. What is not in it is refused.
public struct ConfigurationSchema: Sendable {
    public private(set) var keys: [any DeclaredKey]
    public private(set) var lists: [ConfigurationList]
    /// The program whose settings these are, for words to operators.
    private(set) var program = "this program"

    public init(_ keys: [any DeclaredKey], lists: [ConfigurationList] = []) {
        self.keys = keys
        self.lists = lists
    }

    public func adding(_ keys: [any DeclaredKey], lists: [ConfigurationList] = []) -> ConfigurationSchema {
        ConfigurationSchema(self.keys + keys, lists: self.lists + lists).of(program)
    }

    func of(_ program: String) -> ConfigurationSchema {
        var schema = self
        schema.program = program
        return schema
    }

    /// The declared key a full path such as `tenants.demo.enreach.username` stands for.
    func key(_ path: [String]) -> (any DeclaredKey)? {
        for list in lists where path.count > 2 && path.first == list.name {
            let inner = path.dropFirst(2).joined(separator: ".")
            return Self.key(inner, among: list.keys)
        }
        return Self.key(path.joined(separator: "."), among: keys)
    }

    private static func key(_ name: String, among keys: [any DeclaredKey]) -> (any DeclaredKey)? {
        keys.first { $0.name == name }
    }

    /// True when the path is the name of a list's element, such as `tenants.demo.name`.
    func isName(_ path: [String]) -> Bool {
        lists.contains { path.count == 3 && path[0] == $0.name && path[2] == $0.identifiedBy }
    }

    /// True when the path lies in a map with free names, such as `tenants.demo.enreach.names.call.privacy`.
    func isInMap(_ path: [String]) -> Bool {
        lists.contains { list in
            path.first == list.name
                && list.maps.contains { path.dropFirst(2).joined(separator: ".").hasPrefix($0 + ".") }
        }
    }

    /// Every name a path could have meant, with `*` for the element of a list.
    var names: [String] {
        keys.flatMap(Self.names) + lists.flatMap { list in list.keys.flatMap(Self.names).map { "\(list.name).*.\($0)" } }
    }

    private static func names(of key: any DeclaredKey) -> [String] {
        key.isSecret ? [key.name, key.name + "_file"] : [key.name]
    }
}

/// A list of sections, each known by its name: `tenants: [{name: …, …}]`.
public struct ConfigurationList: Sendable {
    public var name: String
    /// The key of an element that names it; it must be unique and made of letters, digits, `-` and `_`.
    public var identifiedBy: String
    public var keys: [any DeclaredKey]
    /// Sections inside an element with free names below them, such as `enreach.names`.
    public var maps: [String]

    public init(_ name: String, identifiedBy: String = "name", keys: [any DeclaredKey], maps: [String] = []) {
        self.name = name
        self.identifiedBy = identifiedBy
        self.keys = keys
        self.maps = maps
    }
}
