import Foundation

/// Who runs the command: the name that `hub.operator_action` and the settings' history keep.
enum Operator {
    /// The system's user, or who became root by `sudo`. Who is not root can set the variable to any name.
    static func name(environment: [String: String] = ProcessInfo.processInfo.environment, isRoot: Bool = geteuid() == 0) -> String
    {
        if isRoot, let sudo = environment["SUDO_USER"], !sudo.isEmpty { return sudo }
        let user = NSUserName()
        return user.isEmpty ? "unknown" : user
    }
}
