"""Files of the vault's machines."""


def test_a_socket_is_bound_and_asked_however_long_its_path_is(tmp_path) -> None:
    import socket

    from wardline.vault import files

    path = tmp_path / ("a" * 60) / ("b" * 60) / "agent.sock"
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listening, files.socket_name(path) as name:
        listening.bind(name)
        listening.listen()
        with socket.socket(socket.AF_UNIX) as asking, files.socket_name(path) as again:
            asking.connect(again)
    assert path.is_socket()
