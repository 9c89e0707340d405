import Operations

extension OperatorError {
    /// What the command ends with: 1, or EX_USAGE or EX_CONFIG of sysexits.h.
    var exitCode: Int32 {
        switch code {
        case .failed: 1
        case .usage: 64
        case .configuration: 78
        }
    }
}
